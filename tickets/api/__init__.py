"""The inbox for programs: the same querysets and the same actions as the pages."""
