"""What the app's maker says of its data, from saved files and from consent strings, beside what was seen."""
