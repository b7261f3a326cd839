"""From decoded fields to findings: four detectors see every field, the strongest evidence wins."""
