variable "bucket" {
  description = "Id of the bucket."
  type        = string
}

variable "arn" {
  description = "ARN of the bucket."
  type        = string
}

variable "versioning" {
  description = "Whether former versions of objects are kept; a lifecycle rule of the caller's says for how long."
  type        = bool
  default     = true
}

variable "policy_documents" {
  description = "Further statements of the bucket's policy, as JSON documents."
  type        = list(string)
  default     = []
}
