provider "aws" {
  region = var.region

  default_tags {
    tags = {
      Project     = "d2-ride-booking"
      Environment = "ops"
      Service     = "chatops"
      ManagedBy   = "terraform"
    }
  }
}
