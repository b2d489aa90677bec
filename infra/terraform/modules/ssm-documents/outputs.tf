output "arns" {
  description = "ARN of each document by its name: what the bot may send."
  value       = { for name, document in aws_ssm_document.this : name => document.arn }
}

output "hashes" {
  description = "SHA-256 of each document's file by its name, in hex; AWS reports the same for the version it runs."
  value       = { for name, path in local.documents : name => filesha256(path) }
}

output "versions" {
  description = "Each document by its name: the version that AWS runs by default, and the newest."
  value = {
    for name, document in aws_ssm_document.this :
    name => { default = document.default_version, latest = document.latest_version }
  }
}
