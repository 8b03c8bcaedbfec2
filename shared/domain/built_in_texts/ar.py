"""Arabic."""

from __future__ import annotations

SYSTEM_MESSAGES = {
    "incoming": "لديك رسالة فورية جديدة من $(Customer.DisplayName)",
    "end_question": "هل تريد إنهاء المحادثة مع $(Customer.DisplayName)؟",
    "ended": "انتهت المحادثة. غادرها $(Customer.DisplayName).",
    "connected": "أنت الآن على اتصال مع $(User.DisplayName).",
    "ended_by_user": "أنهى $(User.DisplayName) المحادثة.",
    "declined": "لا يمكن لأحد الرد حاليًا. يرجى المحاولة لاحقًا.",
    "waiting": "شكرًا لك، $(Customer.DisplayName). سيكون أحد زملائنا معك بعد لحظات.",
    "no_agent_available": "عذرًا، لا يوجد أحد متاح حاليًا. يرجى المحاولة لاحقًا.",
    "out_of_hours": "عذرًا، نحن خارج أوقات العمل حاليًا.",
    "transferred": "يجري تحويلك إلى زميل آخر.",
}

NOTICES = {
    "undelivered": "تعذّر تسليم الرسالة الأخيرة.",
    "after_the_end": "انتهت هذه المحادثة. لم تُسلَّم رسالتك الأخيرة.",
    "ended": "انتهت هذه المحادثة.",
    "ended_by_administrator": "أنهى المسؤول هذه المحادثة.",
    "ended_by_agent": "لقد أنهيت هذه المحادثة.",
    "ended_by_customer": "أنهى العميل هذه المحادثة.",
    "customer_gone": "غادر العميل هذه المحادثة.",
    "too_fast": "أنت تكتب بسرعة كبيرة: لم تُسلَّم رسائلك الأخيرة. يرجى الانتظار قليلًا ثم إرسالها مجددًا.",
    "over_budget": "امتلأت هذه المحادثة: لن يُسلَّم ما تكتبه الآن. يرجى بدء محادثة جديدة.",
    "ended_over_budget": "انتهت هذه المحادثة لأن عدد الرسائل المرسلة فيها كبير جدًا.",
    "customer_over_budget": "استنفد العميل هذه المحادثة: لن تُسلَّم رسائله التالية.",
    "message_budget_exceeded": "أُنهيت هذه المحادثة لأن العميل أرسل رسائل كثيرة جدًا.",
    "message_deleted": "حُذفت هذه الرسالة.",
    "position": "ترتيبك في قائمة الانتظار: $(Queue.Position).",
    "position_and_wait": (
        "ترتيبك في قائمة الانتظار: $(Queue.Position). مدة الانتظار المتوقعة: $(Queue.ExpectedWait) دقيقة."
    ),
}

WEEKDAYS: tuple[str, ...] = ("الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد")
