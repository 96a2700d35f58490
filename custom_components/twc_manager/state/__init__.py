"""What is kept on the disk and shown by entities."""
