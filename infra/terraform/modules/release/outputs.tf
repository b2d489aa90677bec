output "bucket" {
  description = "Name of the artifact bucket."
  value       = aws_s3_bucket.this.bucket
}

output "arn" {
  description = "ARN of the artifact bucket."
  value       = aws_s3_bucket.this.arn
}

output "github_role_arns" {
  description = "The roles that GitHub Actions takes, by errand: backend, infra and image; empty without a repository."
  value       = { for errand, role in aws_iam_role.github : errand => role.arn }
}
