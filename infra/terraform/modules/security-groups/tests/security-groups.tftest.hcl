provider "aws" {
  region = "ap-southeast-1"
}

variables {
  name     = "d2-test"
  vpc_id   = "vpc-00000000000000001"
  vpc_cidr = "10.99.0.0/16"
  services = { backend-api = 3000, web-driver = 3001 }
}

run "each_service_has_its_own_group_and_port" {
  assert {
    condition     = keys(output.service_ids) == ["backend-api", "web-driver"] && aws_vpc_security_group_ingress_rule.service["web-driver"].from_port == 3001
    error_message = "A service misses its group or its port."
  }

  assert {
    condition     = alltrue([for rule in aws_vpc_security_group_ingress_rule.service : rule.referenced_security_group_id == aws_security_group.alb.id])
    error_message = "A service can be reached past the load balancer."
  }

  assert {
    condition     = keys(aws_vpc_security_group_ingress_rule.database) == ["backend-api", "bastion"]
    error_message = "The database lets in others than its clients."
  }
}

run "internal_load_balancer_is_for_the_vpc_alone" {
  command = plan

  variables {
    alb_public = false
  }

  assert {
    condition     = alltrue([for rule in aws_vpc_security_group_ingress_rule.alb : rule.cidr_ipv4 == "10.99.0.0/16"])
    error_message = "An internal load balancer is open to the world."
  }
}

run "refuses_ports_of_root" {
  command = plan

  variables {
    services = { backend-api = 80 }
  }

  expect_failures = [var.services]
}

run "refuses_clients_that_are_no_service" {
  command = plan

  variables {
    database_clients = ["backend"]
  }

  expect_failures = [var.database_clients]
}
