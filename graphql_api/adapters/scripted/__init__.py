"""The mock's model: a script instead of a provider, with faults on demand."""
