"""What the services need from outside, as Protocols over domain types."""
