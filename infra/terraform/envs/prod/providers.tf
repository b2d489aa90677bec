provider "aws" {
  region = var.region

  default_tags {
    tags = {
      Project     = "d2-ride-booking"
      Environment = local.environment
      Service     = "platform"
      ManagedBy   = "terraform"
    }
  }
}
