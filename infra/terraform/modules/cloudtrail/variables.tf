variable "name" {
  description = "Name of the trail."
  type        = string
}

variable "bucket" {
  description = "Name of the bucket that it writes to; unique among all buckets of AWS."
  type        = string
}

variable "region" {
  description = "Where the trail is at home; it records every region."
  type        = string
}

variable "keep_days" {
  description = "How many days the record is kept."
  type        = number
  default     = 365

  validation {
    condition     = var.keep_days >= 90
    error_message = "keep_days: 90 at least; so much CloudTrail shows by itself, without a trail."
  }
}
