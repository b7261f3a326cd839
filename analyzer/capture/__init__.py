"""From a capture file of any recorder to a stream of exchanges."""
