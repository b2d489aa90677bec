variable "name" {
  description = "Name of the site, such as d2-ride-booking-dev-web-admin; the bucket has the account's id behind it."
  type        = string
}

variable "service" {
  description = "Tag Service, such as web-admin."
  type        = string
}

variable "aliases" {
  description = "Host names that the site answers to; empty for CloudFront's own."
  type        = list(string)
  default     = []

  validation {
    condition     = length(var.aliases) == 0 || var.certificate_arn != null
    error_message = "aliases need certificate_arn: CloudFront takes no host name without a certificate for it."
  }
}

variable "certificate_arn" {
  description = "ACM certificate in us-east-1 for the aliases; null for CloudFront's own host name."
  type        = string
  default     = null

  validation {
    condition     = var.certificate_arn == null ? true : strcontains(var.certificate_arn, ":us-east-1:")
    error_message = "certificate_arn must be one of us-east-1: CloudFront takes none of another region."
  }
}

variable "price_class" {
  description = "Where CloudFront serves from: PriceClass_200 has Asia without Oceania and South America, PriceClass_All has everywhere."
  type        = string
  default     = "PriceClass_200"

  validation {
    condition     = contains(["PriceClass_200", "PriceClass_All"], var.price_class)
    error_message = "price_class: PriceClass_200 or PriceClass_All; PriceClass_100 has no location in Asia."
  }
}

variable "web_acl_arn" {
  description = "WAF web ACL in us-east-1 (scope CLOUDFRONT); null for none."
  type        = string
  default     = null
}

variable "force_destroy" {
  description = "Lets Terraform remove the bucket with the site's files in it: they are built again from the repository."
  type        = bool
  default     = true
}
