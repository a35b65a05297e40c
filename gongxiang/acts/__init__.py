"""Acts: what the platform can do, one file and one public function each, one transaction."""
