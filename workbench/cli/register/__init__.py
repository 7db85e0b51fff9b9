"""Commands of the register: `workbench register …`."""
