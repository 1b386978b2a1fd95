"""What the platform lends to the SDK; the parts measured ask for nothing more than the import."""
