locals {
  toggle_defaults = {
    enable_ec2_backend       = var.enable_ec2_backend
    enable_rds               = var.enable_rds
    enable_nat_gateway       = var.enable_nat_gateway
    enable_alb               = var.enable_alb
    enable_ssm_vpc_endpoints = var.enable_ssm_vpc_endpoints
    enable_bastion           = var.enable_bastion
    enable_web_admin         = var.enable_web_admin
    enable_web_passenger     = var.enable_web_passenger
    enable_web_driver        = var.enable_web_driver
  }

  toggle_names = keys(local.toggle_defaults)

  toggles_set = merge(jsondecode(data.aws_ssm_parameter.toggles.insecure_value), var.planned_toggles)

  on = { for name, default in local.toggle_defaults : name => lookup(local.toggles_set, name, default) }
}

# What Slack switched, by name; what it never switched is as terraform.tfvars says. Terraform quotes the first line
# when it finds no parameter, so that line says what to do.
data "aws_ssm_parameter" "toggles" { # not found? envs/bootstrap creates it: apply that first
  name = var.toggles_parameter

  lifecycle {
    postcondition {
      condition     = can(keys(jsondecode(self.insecure_value)))
      error_message = <<-EOT
        The SSM parameter ${var.toggles_parameter} must hold a JSON object of booleans, such as {"enable_rds": true}, and holds ${jsonencode(substr(self.insecure_value, 0, 200))}.
        Put it right, with {} for what terraform.tfvars says:
        aws ssm put-parameter --region ${var.region} --name ${var.toggles_parameter} --type String --overwrite --value '{}'
      EOT
    }

    postcondition {
      condition     = length(setsubtract(try(keys(jsondecode(self.insecure_value)), []), local.toggle_names)) == 0
      error_message = <<-EOT
        The SSM parameter ${var.toggles_parameter} names what is no toggle: ${jsonencode(setsubtract(try(keys(jsondecode(self.insecure_value)), []), local.toggle_names))}.
        The toggles are ${join(", ", local.toggle_names)}.
        Correct the names, or keep only what is right:
        aws ssm put-parameter --region ${var.region} --name ${var.toggles_parameter} --type String --overwrite --value '${jsonencode(try({ for name, value in jsondecode(self.insecure_value) : name => value if contains(local.toggle_names, name) && contains(["true", "false"], jsonencode(value)) }, {}))}'
      EOT
    }

    # By their JSON: Terraform itself would take "true", in quotes, for true.
    postcondition {
      condition     = alltrue([for value in try(values(jsondecode(self.insecure_value)), []) : contains(["true", "false"], jsonencode(value))])
      error_message = <<-EOT
        The SSM parameter ${var.toggles_parameter} has values that are not plainly true or false: ${jsonencode(try({ for name, value in jsondecode(self.insecure_value) : name => value if !contains(["true", "false"], jsonencode(value)) }, {}))}.
        Correct the values, or keep only what is right:
        aws ssm put-parameter --region ${var.region} --name ${var.toggles_parameter} --type String --overwrite --value '${jsonencode(try({ for name, value in jsondecode(self.insecure_value) : name => value if contains(local.toggle_names, name) && contains(["true", "false"], jsonencode(value)) }, {}))}'
      EOT
    }
  }
}
