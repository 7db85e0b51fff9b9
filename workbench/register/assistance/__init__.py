"""Assistance in the register: plans of households, their measures, and every version of them (LA2019-15 §2.1.4)."""
