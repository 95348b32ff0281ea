"""What a scan found, for people and machines: one file per format."""
