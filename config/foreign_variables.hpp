#pragma once

#include <string_view>

namespace caravan {

/// Whether Kubernetes puts this variable into containers beside a Service whose name begins with "caravan", such as
/// CARAVAN_PORT=tcp://10.0.0.1:8080 or CARAVAN_API_SERVICE_HOST=10.0.0.1. It is no setting, and no typing error.
bool is_kubernetes_variable(std::string_view name, std::string_view value);

}  // namespace caravan
