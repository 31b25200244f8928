"""A Django site without anything: the floor that ours is measured against."""
