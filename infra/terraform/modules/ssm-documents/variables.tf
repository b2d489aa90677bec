variable "tags" {
  description = "Further tags, over the provider's default_tags."
  type        = map(string)
  default     = {}
}
