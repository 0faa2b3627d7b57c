"""The pages. Each is a class that hosts may subclass and give an address of their own."""
