"""What tests and demonstrations tell the simulator to do."""
