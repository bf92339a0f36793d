"""The pages of the site: one folder each."""
