"""The tiny site in which everything is measured."""
