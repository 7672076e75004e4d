"""Functions from state to components, and the part that runs in the browser."""
