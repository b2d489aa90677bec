provider "aws" {
  region = var.region

  default_tags {
    tags = {
      Project     = "d2-ride-booking"
      Environment = "shared"
      Service     = "platform"
      ManagedBy   = "terraform"
    }
  }
}
