# What is on when Slack has not said otherwise: a toggle in the SSM parameter /d2/dev/toggles goes before the one here.
# `terraform output toggles` tells which is which. About what each costs, in US dollars a month, running all day:

enable_ec2_backend       = false # 21: t3.small, 20 GB
enable_rds               = false # 23: db.t3.micro, 20 GB
enable_nat_gateway       = false # 47, and 0.059 a GB
enable_alb               = false # 26, with its two addresses
enable_ssm_vpc_endpoints = false # 28: three, in one zone
enable_bastion           = false # 12: t3.micro, 20 GB

# Static sites: next to nothing without visitors
enable_web_admin     = false
enable_web_passenger = false
enable_web_driver    = false
