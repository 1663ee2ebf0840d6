"""The invented past of the demo."""
