//! The measured decision with the Rust SDK, as its examples write a filter.
use proxy_wasm::traits::{Context, HttpContext, RootContext};
use proxy_wasm::types::{Action, ContextType};

proxy_wasm::main! {{
    proxy_wasm::set_root_context(|_| Box::new(SteeringRoot));
}}

struct SteeringRoot;

impl Context for SteeringRoot {}

impl RootContext for SteeringRoot {
    fn get_type(&self) -> Option<ContextType> {
        Some(ContextType::HttpContext)
    }

    fn create_http_context(&self, _context_id: u32) -> Option<Box<dyn HttpContext>> {
        Some(Box::new(Steering))
    }
}

struct Steering;

impl Context for Steering {}

impl HttpContext for Steering {
    fn on_http_request_headers(&mut self, _headers: usize, _end_of_stream: bool) -> Action {
        let jason = self.get_http_request_header("end-user").as_deref() == Some("jason");
        self.set_http_request_header("x-subset", Some(if jason { "v2" } else { "v1" }));
        Action::Continue
    }
}
