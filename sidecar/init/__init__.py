"""`sidecar init`: from nothing to the first plan in one conversation. Each answer is looked at when it is given."""
