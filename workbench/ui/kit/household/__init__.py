"""One household told whole, for every page that shows one."""
