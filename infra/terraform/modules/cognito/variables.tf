variable "name" {
  description = "Name of the pool, such as d2-ride-booking-dev; the client is called <name>-app."
  type        = string
}

variable "password_auth" {
  description = "Whether the client may sign in with the password itself (USER_PASSWORD_AUTH), as guide 7.3 does by hand; for environments where nobody's real password is used."
  type        = bool
}

variable "deletion_protection" {
  description = "Whether AWS refuses to delete the pool with its users."
  type        = bool
}
