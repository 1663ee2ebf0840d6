"""What the demo begins with: a believable support team with live tickets, made by the same actions as everything."""
