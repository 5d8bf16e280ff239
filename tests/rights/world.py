"""Two markets: people, and between each customer and traveler a delivery under way and one that is done."""

import base64
import datetime
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "testkit"))
from node import ADMIN, PASSWORD, SERVICE_KEY, Node, Person, stamp  # noqa: E402

NEW_YORK = {"address": "350 5th Ave, New York, NY 10118", "lat": 40.7484, "lng": -73.9857}
BOSTON = {"address": "1 Beacon St, Boston, MA 02108", "lat": 42.3584, "lng": -71.0598}
# White, 8 by 8 points, as a PNG.
PICTURE = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAAAAADhZOFXAAAADklEQVR4nGP4DwUMlDEA98A/wbI0QbsAAAAASUVORK5CYII=")


class Market:
    """A customer and a traveler, and all that they have with each other. `ids` is by the names of path parameters."""

    def __init__(self, node, name, admin):
        self.node, self.ids = node, {}
        self.customer, self.traveler = Person(node, "ana-" + name), Person(node, "ben-" + name)
        card = self.customer.do("POST", "/payments/methods", {"provider": "sandbox", "token": "tok_ok"})
        account = self.traveler.do("POST", "/payments/payout-accounts",
                                   {"provider": "sandbox", "token": "tok_ok"})
        self.ids.update(methodId=card["methodId"], accountId=account["accountId"])
        self.deal()
        done = dict(self.ids)
        self.scan("pickup", NEW_YORK)
        self.scan("delivery", BOSTON)
        payouts = node.eventually(lambda: self.traveler.do("GET", "/payments/payouts")["items"], lambda items: items)
        review = self.traveler.do("POST", f"/users/{self.customer.id}/reviews",
                                  {"deliveryId": done["deliveryId"], "rating": 5})
        self.deal()
        self.scan("pickup", NEW_YORK)
        delivery = self.ids["deliveryId"]
        self.traveler.do("POST", "/location/tracking/start", {"deliveryId": delivery})
        self.traveler.do("POST", "/location/tracking/update",
                         {"deliveryId": delivery, "location": {"lat": 40.75, "lng": -73.98}})
        self.customer.do("POST", f"/deliveries/{delivery}/messages", {"text": "Where are you?"})
        fences = self.customer.do("GET", f"/location/geofences?deliveryId={delivery}")["items"]
        dispute = self.customer.do("POST", "/admin/disputes",
                                   {"deliveryId": done["deliveryId"], "reason": "damaged", "description": "Broken"})
        # Nothing was refunded here: the row of one refund is asked by an id that is none. So of those who may the test
        # says only that no right of the row's refuses them; the escrow answers all of them 404.
        self.ids.update(payoutId=payouts[0]["payoutId"], reviewId=review["reviewId"], disputeId=dispute["disputeId"],
                        geofenceId=fences[0]["geofenceId"], refundId=done["deliveryId"], doneId=done["deliveryId"])
        self.own_things()

    def deal(self):
        start = stamp(self.node.now() + datetime.timedelta(days=7))
        trip = self.traveler.do("POST", "/trips", {
            "title": "By car", "origin": {"address": "New York, NY"}, "destination": {"address": "Boston, MA"},
            "departureTime": start, "transportMode": "car", "capacity": {"weight": 5, "volume": 20, "items": 3},
            "minPrice": 10, "currency": "USD"})
        request = self.customer.do("POST", "/delivery-requests", {
            "title": "A camera", "pickup": {**NEW_YORK, "contactName": "Ana", "contactPhone": "+12125550100"},
            "delivery": {**BOSTON, "contactName": "Eva", "contactPhone": "+16175550100"},
            "item": {"description": "Camera", "category": "electronics", "weight": 1.0, "volume": 1.0, "items": 1,
                     "value": 300.0}, "urgency": "standard", "maxPrice": 60.0, "currency": "USD"})
        invitation = self.customer.do("POST", f"/delivery-requests/{request['requestId']}/invitations",
                                      {"tripId": trip["tripId"]})
        offer = self.traveler.do("POST", f"/delivery-requests/{request['requestId']}/offers",
                                 {"tripId": trip["tripId"], "price": 35.0})
        deal = self.customer.do("POST", f"/offers/{offer['offerId']}/accept", {"paymentMethodId": self.ids["methodId"]})
        codes = {code["type"]: code["qrCodeId"] for code in deal["qrCodes"]}
        self.ids.update(tripId=trip["tripId"], requestId=request["requestId"], offerId=offer["offerId"],
                        invitationId=invitation["invitationId"],
                        deliveryId=deal["deliveryId"], escrowId=deal["escrowId"], intentId=deal["paymentIntentId"],
                        qrCodeId=codes["delivery"], pickupCode=codes["pickup"])

    def scan(self, kind, place):
        code = self.ids["pickupCode"] if kind == "pickup" else self.ids["qrCodeId"]
        text = self.customer.do("GET", f"/qr-codes/{code}/image?format=text")
        self.traveler.do("POST", "/qr-codes/validate",
                         {"code": text, "location": {"lat": place["lat"], "lng": place["lng"], "accuracy": 10}})

    def own_things(self):
        """What only the customer has."""
        node, customer = self.node, self.customer
        address = customer.do("POST", "/users/me/addresses", {"label": "home", "address": "350 5th Ave, New York, NY"})
        device = customer.do("POST", "/notifications/devices", {"platform": "android", "token": "device-token-1234"})
        key = customer.do("POST", "/auth/api-keys", {"name": "to be revoked"})
        paper = customer.do("POST", "/uploads?purpose=verification", PICTURE)
        notes = node.eventually(lambda: customer.do("GET", "/notifications")["items"], lambda items: items)
        self.ids.update(addressId=address["addressId"], deviceId=device["deviceId"], keyId=key["keyId"],
                        uploadId=paper["uploadId"], notificationId=notes[0]["notificationId"], userId=customer.id,
                        sessionId=customer.do("GET", "/auth/sessions")["items"][0]["sessionId"])
