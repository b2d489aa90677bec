# The very files that the sandbox runs: one document for each, called as its file. Their content is a version's
# identity: a changed file makes a new version, which becomes the default at once.
locals {
  documents = {
    for file in fileset("${path.module}/documents", "*.yaml") :
    trimsuffix(file, ".yaml") => "${path.module}/documents/${file}"
  }
}

resource "aws_ssm_document" "this" {
  for_each = local.documents

  name            = each.key
  document_type   = "Command"
  document_format = "YAML"
  target_type     = "/AWS::EC2::Instance"
  content         = file(each.value)

  tags = merge(var.tags, { Service = "chatops" })

  lifecycle {
    precondition {
      condition     = startswith(each.key, "d2-")
      error_message = "documents/${each.key}.yaml: the bot sends documents called d2-<verb> and no others."
    }
  }
}
