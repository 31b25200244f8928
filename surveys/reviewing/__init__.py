"""Reading open answers one by one, and deciding what of them is published."""
