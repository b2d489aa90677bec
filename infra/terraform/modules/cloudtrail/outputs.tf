output "arn" {
  description = "ARN of the trail."
  value       = aws_cloudtrail.this.arn
}

output "bucket" {
  description = "Where the record lies."
  value       = aws_s3_bucket.this.bucket
}
