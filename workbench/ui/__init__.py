"""The pages: session state and commands first, widgets after."""
