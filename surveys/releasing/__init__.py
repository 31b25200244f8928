"""What is public of the answers: participation as it is now, opinions as they were released."""
