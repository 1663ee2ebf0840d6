"""What managers change about the reports. Nothing here touches a figure; the log alone does."""
