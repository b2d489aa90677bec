# Combinations that can be applied and are of no use, or less than one thinks: warnings, for one may be on the way to
# another.

locals {
  instance  = local.on.enable_ec2_backend || local.on.enable_bastion
  reachable = local.on.enable_nat_gateway || local.on.enable_ssm_vpc_endpoints
}

check "backend_can_be_reached" {
  assert {
    condition     = !local.on.enable_ec2_backend || local.reachable
    error_message = "The backend instance is on, but Session Manager can't reach it: also switch on enable_nat_gateway, or enable_ssm_vpc_endpoints."
  }
}

check "bastion_can_be_reached" {
  assert {
    condition     = !local.on.enable_bastion || local.reachable
    error_message = "The bastion is on, but Session Manager can't reach it: also switch on enable_nat_gateway, or enable_ssm_vpc_endpoints."
  }
}

check "instances_can_install" {
  assert {
    condition     = !local.instance || local.on.enable_nat_gateway
    error_message = "An instance is on without enable_nat_gateway: one that is made now can't install itself, and one that has been installed sends no logs. Switch NAT on for an instance's first boot at least."
  }
}

check "bastion_has_a_database" {
  assert {
    condition     = !local.on.enable_bastion || local.on.enable_rds
    error_message = "The bastion is on, but there is no database to forward to: switch on enable_rds, or enable_bastion off."
  }
}

check "database_has_a_client" {
  assert {
    condition     = !local.on.enable_rds || local.instance
    error_message = "The database is on, but nothing can connect to it: switch on enable_ec2_backend or enable_bastion, or enable_rds off."
  }
}

check "alb_has_a_target" {
  assert {
    condition     = !local.on.enable_alb || local.on.enable_ec2_backend
    error_message = "The load balancer is on, but has nothing to send requests to and answers 503: switch on enable_ec2_backend, or enable_alb off."
  }
}

check "nat_is_used" {
  assert {
    condition     = !local.on.enable_nat_gateway || local.instance
    error_message = "The NAT gateway is on, but no instance uses it: switch on enable_ec2_backend or enable_bastion, or enable_nat_gateway off."
  }
}

check "endpoints_are_used" {
  assert {
    condition     = !local.on.enable_ssm_vpc_endpoints || local.instance
    error_message = "The SSM endpoints are on, but there is no instance to reach through them: switch on enable_ec2_backend or enable_bastion, or enable_ssm_vpc_endpoints off."
  }
}
