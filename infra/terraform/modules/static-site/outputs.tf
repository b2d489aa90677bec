output "bucket" {
  description = "Name of the bucket that the site's files go to."
  value       = aws_s3_bucket.this.bucket
}

output "distribution_id" {
  description = "Id of the distribution, to invalidate after an upload."
  value       = aws_cloudfront_distribution.this.id
}

output "domain_name" {
  description = "CloudFront's host name of the site."
  value       = aws_cloudfront_distribution.this.domain_name
}

output "hosted_zone_id" {
  description = "Zone of CloudFront's host name, for an alias record."
  value       = aws_cloudfront_distribution.this.hosted_zone_id
}
