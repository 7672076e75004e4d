"""Things outside the process, one module each."""
