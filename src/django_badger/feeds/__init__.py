"""Feeds of awards and badges: what every visitor may see, for programs that read along."""
