# Amazon Linux 2023 as AWS publishes it; this answer changes every other week.
data "aws_ssm_parameter" "ami" {
  name = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
}

# Remembers the image of the day of creation: a newer one must not replace a running instance by surprise. To take it:
# terraform apply -replace='module.<this>.terraform_data.ami', or set ami_id. The plan then shows the replacement.
resource "terraform_data" "ami" {
  input = data.aws_ssm_parameter.ami.insecure_value

  lifecycle {
    ignore_changes = [input]
  }
}

locals {
  tags = merge(var.tags, { Name = var.name, Service = var.service })
}

# Whether it is stopped or running is no argument of this resource: the bot stops and starts it, and no plan minds.
resource "aws_instance" "this" {
  ami                    = coalesce(var.ami_id, terraform_data.ami.output)
  instance_type          = var.instance_type
  subnet_id              = var.subnet_id
  vpc_security_group_ids = var.security_group_ids
  iam_instance_profile   = var.instance_profile_name

  # Private, with neither address nor key: people come by Session Manager.
  associate_public_ip_address = false
  # Five-minute metrics are free.
  monitoring = false

  # What installs Node.js, npm, the MySQL client, the AWS CLI, PM2 and the agents: modules/user-data/user-data.sh.
  user_data                   = var.user_data
  user_data_replace_on_change = var.user_data_replace_on_change

  metadata_options {
    http_endpoint = "enabled"
    http_tokens   = "required"
    # No further than the instance itself: nothing here runs in a container.
    http_put_response_hop_limit = 1
    instance_metadata_tags      = "enabled"
  }

  root_block_device {
    volume_type = "gp3"
    volume_size = var.root_volume_gb
    encrypted   = true
  }

  tags = local.tags
  # And not the block's own `tags`: the provider adds those by a call after the launch, without the default ones, and the
  # runner may not change the tags of a disk that has some.
  volume_tags = local.tags
}
