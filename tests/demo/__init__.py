"""The demo's painter and its pretend image API."""
