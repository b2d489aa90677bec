output "bucket" {
  description = "Id of the bucket, once its policy stands."
  value       = aws_s3_bucket_policy.this.bucket
}
