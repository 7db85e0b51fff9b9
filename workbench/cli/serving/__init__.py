"""Pages and JupyterLab, and what the computer has."""
