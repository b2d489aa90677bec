output "script" {
  description = "The script, as aws_instance's user_data takes it."
  value       = local.script

  precondition {
    condition     = length(local.script) <= 16384
    error_message = "The script has ${length(local.script)} bytes, and EC2 takes 16,384: shorten its settings."
  }
}

output "base64gzip" {
  description = "The same, compressed, as user_data_base64 and a launch template's user_data take it."
  value       = base64gzip(local.script)
}
