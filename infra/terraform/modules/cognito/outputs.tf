output "user_pool_id" {
  description = "Id of the user pool."
  value       = aws_cognito_user_pool.this.id
}

output "app_client_id" {
  description = "Id of the application's client."
  value       = aws_cognito_user_pool_client.this.id
}

output "arn" {
  description = "ARN of the pool, for policies."
  value       = aws_cognito_user_pool.this.arn
}

output "issuer" {
  description = "Issuer of the pool's tokens (their claim iss)."
  value       = "https://${aws_cognito_user_pool.this.endpoint}"
}

output "jwks_uri" {
  description = "Where the keys lie that verify the pool's tokens."
  value       = "https://${aws_cognito_user_pool.this.endpoint}/.well-known/jwks.json"
}
