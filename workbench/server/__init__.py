"""Voilà and JupyterLab, configured for closed networks."""
